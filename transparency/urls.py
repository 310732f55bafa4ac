"""The dashboard, under its plain name, and the pages about hourly series."""

from django.urls import include, path

from transparency import views

pages = [
    path("prices/", views.prices, name="prices"),
    path("consumption/", views.consumption, name="consumption"),
    path("generation/", views.generation, name="generation"),
    path("plants/<slug:eic>/hours/", views.plant_hours, name="plant_hours"),
]

urlpatterns = [
    path("", views.dashboard, name="dashboard"),
    path("", include((pages, "transparency"))),
]
