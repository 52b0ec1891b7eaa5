from django.core.management.commands import check


class Command(check.Command):
    help = f"{check.Command.help} Of this site the database is asked as well."

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.set_defaults(databases=["default"])
