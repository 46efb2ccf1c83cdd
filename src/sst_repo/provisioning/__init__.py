"""Templates that make a table for your models: `cloudformation`, `cdk`, `terraform`; and who may do what: `policy`.

```python
print(cloudformation([Order, Customer], table_name="shop", point_in_time_recovery=True))
```

They all make the same: a table with on-demand billing, the indexes that the models use and no others, and three IAM
policies, each with the operations that the library calls and no others. The table is kept when its stack is deleted.
Make them anew when the models have got another index, and look at the difference before you deploy it.
"""

from sst_repo.provisioning.blueprints import gsis_of
from sst_repo.provisioning.cdk_construct import cdk
from sst_repo.provisioning.cloudformation_template import cloudformation
from sst_repo.provisioning.permissions import Role, policy
from sst_repo.provisioning.terraform_configuration import terraform

__all__ = ["Role", "cdk", "cloudformation", "gsis_of", "policy", "terraform"]
