"""プロビジョニング of a company, in the console."""

from litestar.di import Provide

from app.provisioning import controllers
from app.provisioning.controllers import provide_provisioning
from app.staff.single_sign_on import acts
from app.staff.single_sign_on.pages import CONNECTED, GUARDS, PATH


class CompanyProvisioning(controllers.Provisioning):
    """What administrators see of it."""

    path = f"{PATH}/provisioning"
    guards = GUARDS
    dependencies = {**CONNECTED, "provisioning": Provide(provide_provisioning)}
    door = acts.PROVISIONING
