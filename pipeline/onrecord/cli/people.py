"""The command for the file of people that ``extract --people`` takes: ``people check``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from onrecord.cli.options import CommandGroup
from onrecord.errors import InputError
from onrecord.files.console import one_line_errors, printable, standard_output

people = typer.Typer(
    cls=CommandGroup,
    help="Look at a file of people before `extract --people` uses it.",
    no_args_is_help=True,
)


def check(
    path: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            show_default=False,
            help="CSV of your own, Popolo, FollowTheMoney, US legislators or a Wikidata query result.",
        ),
    ],
    every: Annotated[bool, typer.Option("--all", help="List all shared names and unusable entries.")] = False,
) -> None:
    """Say how many people a file lists, who shares a name, and which entries cannot be used."""
    with one_line_errors():
        from onrecord.collection.people_file import check_people
        from onrecord.tables.people import people_lines

        found = check_people(path)
        if found.faults and found.faults[0].fatal and not len(found.people):
            raise InputError(f"{path}, {found.faults[0].where}: {found.faults[0].reason}")
        stream = standard_output()
        stream.writelines(f"{printable(line)}\n" for line in people_lines(found, every))
        stream.flush()
        if found.faults or not len(found.people):
            raise typer.Exit(1)


people.command("check", epilog="Example: onrecord people check legislators-current.yaml")(check)
