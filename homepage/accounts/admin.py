from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group

from .models import User

# Nobody here needs groups before there are roles.
admin.site.unregister(Group)
admin.site.register(User, UserAdmin)
