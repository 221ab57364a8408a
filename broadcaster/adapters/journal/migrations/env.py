"""What does Alembic need to run the scripts? The connection that connection.py opened, within its transaction."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], transactional_ddl=True)
context.run_migrations()
