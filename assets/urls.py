"""Pages about organizations and plants."""

from django.urls import path

from assets import views

app_name = "assets"

urlpatterns = [
    path("organizations/", views.OrganizationList.as_view(), name="organizations"),
    path("plants/", views.PlantList.as_view(), name="plants"),
    path("plants/<slug:eic>/", views.PlantDetail.as_view(), name="plant"),
]
