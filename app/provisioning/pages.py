"""プロビジョニング of a contract's company, for owners whom staff let manage single sign-on."""

from litestar.di import Provide

from app.accounts.access import recently_proved, signed_in
from app.contracts.access import provide_owned_contract
from app.provisioning import acts, controllers
from app.provisioning.controllers import provide_provisioning
from app.single_sign_on.access import provide_own_connected


class OwnProvisioning(controllers.Provisioning):
    """What an owner sees of it."""

    path = "/contracts/{number:str}/single-sign-on/provisioning"
    guards = [signed_in, recently_proved]
    dependencies = {
        "contract": Provide(provide_owned_contract),
        "subject": Provide(provide_own_connected),
        "provisioning": Provide(provide_provisioning),
    }
    door = acts.OWN
