"""The one error of an action that could not be carried out."""

from baiti_xl.errors import UserError


class ActionError(UserError):
    """The action could not be carried out; the message is one clear sentence for the operator."""
