"""Pages about people."""

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LogoutView
from django.urls import path
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from accounts import bulk_views, views
from accounts.imports import USERS
from energysys import preferences

app_name = "accounts"

urlpatterns = [
    path("login/", views.Login.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("password/", views.PasswordChange.as_view(), name="password"),
    path("users/", views.UserList.as_view(), name="users"),
    path("keys/", views.Keys.as_view(), name="keys"),
    path("keys/<int:pk>/revoke/", views.key_revoke, name="key-revoke"),
    path("users/new/", views.UserCreate.as_view(), name="new_user"),
    path("users/<int:pk>/", views.UserDetail.as_view(), name="user"),
    path("users/<int:pk>/edit/", views.UserUpdate.as_view(), name="edit_user"),
    path("users/<int:pk>/password/", views.UserPassword.as_view(), name="user_password"),
    path("users/<int:pk>/active/", views.activate, name="user_active"),
    path("theme/", preferences.theme, name="theme"),
    path("clock/", preferences.clock, name="clock"),
    *bulk_views.routes(USERS),
    # The login page offers both languages, so this must answer strangers too.
    path("language/", login_not_required(require_POST(set_language)), name="language"),
]
