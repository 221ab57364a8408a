"""The timer: APScheduler holds it, the clock decides."""

from broadcaster.adapters.alarm.adapter import APSchedulerAlarm

__all__ = ["APSchedulerAlarm"]
