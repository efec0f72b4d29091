"""The one error of an action that could not be carried out."""


class ActionError(Exception):
    """The action could not be carried out; the message is one clear sentence for the operator."""
