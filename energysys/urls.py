"""Every address of the site; the apps keep their own lists."""

from axes.models import AccessFailureLog
from django.contrib import admin
from django.contrib.auth.models import Group
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from energysys import views

# Roles are the only permissions. Registered by an app that loads after ours, so taken out here.
admin.site.unregister(Group)
# It is not kept (AXES_ENABLE_ACCESS_FAILURE_LOG), and its name is English only.
admin.site.unregister(AccessFailureLog)

handler400 = "energysys.errors.bad_request"
handler403 = "energysys.errors.permission_denied"
handler404 = "energysys.errors.page_not_found"
handler500 = "energysys.errors.server_error"

urlpatterns = [
    path("health/live", views.live, name="live"),
    path("health/ready", views.ready, name="ready"),
    path("api/v1/", include("accounts.api")),
    path("api/v1/", include("assets.api")),
    path("api/v1/", include("incidents.api")),
    path("api/v1/", include("transparency.api")),
    path("api/v1/", include("simulation.api")),
    path("api/v1/", include("accounts.imports")),
    path("api/v1/", include("assets.imports")),
    path("api/v1/", include("incidents.imports")),
    path("api/v1/", include("incidents.webhooks.api")),
    path("api/v1/", include("incidents.feeds.api")),
    path("api/v1/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/v1/docs/", SpectacularSwaggerSplitView.as_view(url_name="schema"), name="docs"),
    path("admin/", admin.site.urls),
    path("integrators/", views.integrators, name="integrators"),
    path("", include("transparency.epias.urls")),
    path("", include("transparency.urls")),
    path("", include("accounts.urls")),
    path("", include("assets.urls")),
    path("", include("incidents.urls")),
    path("", include("simulation.urls")),
]
