"""Stand-ins for the far ends: real servers on real sockets, written from the reference alone."""
