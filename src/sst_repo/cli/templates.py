"""`sst-repo template`: what makes the table by infrastructure as code."""

import sys
from collections.abc import Callable

import typer

from sst_repo import provisioning
from sst_repo.cli.commands import NO_CONNECTION, command
from sst_repo.cli.exits import UsageFault
from sst_repo.cli.options import PointInTimeOption, ProjectionOption, TtlOption, projections_from
from sst_repo.cli.session import Session
from sst_repo.errors import ModelError

app = typer.Typer(
    help="Write what makes the table by infrastructure as code, from the models; it makes no call.",
    no_args_is_help=True,
)


def _template(make: Callable[..., str], what: str) -> Callable[..., None]:
    def template(
        session: Session,
        *,
        ttl: TtlOption = None,
        point_in_time_recovery: PointInTimeOption = False,
        projection: ProjectionOption = (),  # type: ignore[assignment]
    ) -> None:
        try:
            text = make(
                session.models.values(),
                table_name=session.table_name,
                projections=projections_from(projection),
                ttl=ttl,
                point_in_time_recovery=point_in_time_recovery,
            )
        except (ValueError, ModelError) as error:
            raise UsageFault(str(error)) from error
        sys.stdout.write(text)

    template.__doc__ = (
        f"Write {what}.\n\nThe table, billed on demand, with the indexes that the models use and no others; and IAM "
        "policies for its readers, writers and admins, each with the operations that the library calls and no others."
    )
    return template


command(app, "cloudformation", NO_CONNECTION)(_template(provisioning.cloudformation, "a CloudFormation template"))
command(app, "cdk", NO_CONNECTION)(_template(provisioning.cdk, "a Python module with a construct for the AWS CDK"))
command(app, "terraform", NO_CONNECTION)(_template(provisioning.terraform, "a Terraform configuration"))
