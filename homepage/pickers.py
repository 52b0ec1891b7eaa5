"""The phone's own picker of a day, as the admin's forms ask for it."""

from django import forms

DAY = {"widget": forms.DateInput({"type": "date"}, "%Y-%m-%d")}
