"""The board’s pages in the admin, where Django looks for them."""

from boardreport.accounts import admin as accounts
from boardreport.desk import admin as desk
from boardreport.publishing import admin as publishing

__all__ = ["accounts", "desk", "publishing"]
