"""Every saved version of what is written here, with who saved it and when."""

from simple_history.models import HistoricalRecords


def revisions(excluded_fields):
    """Return the history of a model, as its attribute `revisions`.

    It goes with what it is the history of: nothing outlasts the trash.
    """
    return HistoricalRecords(
        verbose_name="履歴",
        custom_model_name=lambda name: f"{name}Revision",
        excluded_fields=excluded_fields,
        cascade_delete_history=True,
    )
