"""The construct is synthesized by the real CDK: `make cdk` installs it, which takes half a gigabyte."""

from types import ModuleType
from typing import Any

import pytest

from sst_repo.provisioning import cdk, cloudformation
from tests.unit.provisioning.conftest import Case
from tests.unit.provisioning.meaning import of_cloudformation, read_cloudformation

aws_cdk = pytest.importorskip("aws_cdk", reason="aws-cdk-lib is not installed; run make cdk")


def test_the_cdk_synthesizes_what_the_cloudformation_template_says(case: Case) -> None:
    module = ModuleType("shop_table")
    exec(compile(case.template(cdk), "shop_table.py", "exec"), vars(module))  # noqa: S102 - the code is ours
    (construct,) = (each for name, each in vars(module).items() if name.endswith("Table") and name != "Table")
    app = aws_cdk.App()
    stack = aws_cdk.Stack(app, "Shop")
    made: Any = construct(stack, "Table")

    template = app.synth().get_stack_by_name("Shop").template

    assert of_cloudformation(template) == of_cloudformation(read_cloudformation(case.template(cloudformation)))
    assert all(hasattr(made, name) for name in ("table", "reader", "writer", "admin"))
