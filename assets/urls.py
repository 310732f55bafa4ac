"""Pages about organizations and plants."""

from django.urls import path

from accounts import bulk_views
from assets import views
from assets.imports import ORGANIZATIONS, PLANTS

app_name = "assets"

urlpatterns = [
    *bulk_views.routes(ORGANIZATIONS),
    *bulk_views.routes(PLANTS),
    path("organizations/", views.OrganizationList.as_view(), name="organizations"),
    path("organizations/new/", views.OrganizationCreate.as_view(), name="new_organization"),
    path("organizations/<slug:eic>/", views.OrganizationDetail.as_view(), name="organization"),
    path(
        "organizations/<slug:eic>/edit/",
        views.OrganizationUpdate.as_view(),
        name="edit_organization",
    ),
    path("plants/", views.PlantList.as_view(), name="plants"),
    path("plants/new/", views.PlantCreate.as_view(), name="new_plant"),
    path("plants/<slug:eic>/", views.PlantDetail.as_view(), name="plant"),
    path("plants/<slug:eic>/edit/", views.PlantUpdate.as_view(), name="edit_plant"),
]
