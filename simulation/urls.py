"""Pages about the engine."""

from django.urls import path

from simulation import views

app_name = "simulation"

urlpatterns = [
    path("runs/", views.RunList.as_view(), name="runs"),
    path("realism/", views.Realism.as_view(), name="realism"),
    path("runs/latest/", views.LatestRuns.as_view(), name="latest"),
]
