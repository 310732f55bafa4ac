"""Pages about plant events."""

from django.urls import path

from accounts import bulk_views
from incidents import views
from incidents.feeds import views as feed_views
from incidents.imports import EVENTS
from incidents.webhooks import views as webhook_views

app_name = "incidents"

urlpatterns = [
    path("search/", views.global_search, name="search"),
    *bulk_views.routes(EVENTS),
    *webhook_views.urlpatterns,
    *feed_views.urlpatterns,
    path("events/", views.EventList.as_view(), name="events"),
    path("events/report/", views.EventReport.as_view(), name="report"),
    path("events/free/", views.free, name="free"),
    path("events/plan/", views.OutagePlan.as_view(), name="plan"),
    path("events/<int:pk>/", views.EventDetail.as_view(), name="event"),
    path("events/<int:pk>/edit/", views.EventUpdate.as_view(), name="edit"),
    path("events/<int:pk>/end/", views.end, name="end"),
    path("events/<int:pk>/dismiss/", views.dismiss, name="dismiss"),
]
