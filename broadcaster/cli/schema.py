"""What may the files say, in the form that editors understand?"""

import click

from broadcaster.cli.options import print_json, shared
from broadcaster.season.schema import json_schema


@click.command()
@click.argument("file", type=click.Choice(["season", "config"]))
@shared
def schema(file: str, config_path: object, as_json: bool) -> None:
    """Print the JSON Schema of a season file or of config.toml."""
    if file == "season":
        from broadcaster.season.model import Season

        print_json(json_schema(Season, "A season of shows"))
    else:
        from broadcaster.cli.config import Config

        print_json(json_schema(Config, "The settings of one machine"))
