"""How do announcements reach their channels? One module for each service, and one way to send for all over HTTP."""
