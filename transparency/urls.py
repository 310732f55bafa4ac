"""The dashboard, under its plain name, and the pages about hourly series."""

from django.urls import include, path

from transparency import dashboards, event_files, views

pages = [
    path("prices/", views.prices, name="prices"),
    path("consumption/", views.consumption, name="consumption"),
    path("generation/", views.generation, name="generation"),
    path("events/list.<str:form>", event_files.event_list, name="event_list"),
    path("generation/plant-names/", views.plant_names, name="plant_names"),
]

urlpatterns = [
    path("", dashboards.dashboard, name="dashboard"),
    path("", include((pages, "transparency"))),
]
