"""What do operators see and press, and who may? Pages, the API, sockets, buttons, OSC."""

from broadcaster.panel.api import Desk
from broadcaster.panel.overlays import Overlays
from broadcaster.panel.server import Panel

__all__ = ["Desk", "Overlays", "Panel"]
