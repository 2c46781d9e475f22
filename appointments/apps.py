from django.apps import AppConfig


class AppointmentsConfig(AppConfig):
    name = "appointments"
    label = "appointments"
    verbose_name = "Lịch hẹn"

    def ready(self) -> None:
        from appointments import tasks
        from appointments.actions.confirm_by_call import after_call
        from appointments.audiences import register_audiences
        from appointments.handlers import register_handlers
        from appointments.notices import CONFIRM_BY_CALL, register_notices
        from portal.celery import app
        from portal.notifications.notices import on_call_outcome

        register_notices()
        register_audiences()
        on_call_outcome(CONFIRM_BY_CALL.key, after_call)
        register_handlers()
        periodic = [  # every so many seconds
            (15, tasks.number_waiting_task),
            (30, tasks.mark_full_campaigns_task),
            (60, tasks.expire_holds_task),
            (60, tasks.send_reminders_task),
            (60, tasks.finish_closures_task),
            (30, tasks.offer_places_task),
            (60, tasks.tell_reopened_task),
            (3600, tasks.drop_unverified_task),
            (900, tasks.close_past_days_task),
            (3600, tasks.erase_old_drafts_task),
            # Each hour, though days are counted: a PC that is switched off at night never sees a daily hour.
            (3600, tasks.keep_no_longer_task),
            (3600, tasks.extend_offices_task),
        ]
        for seconds, task in periodic:
            app.add_periodic_task(
                seconds, task.s(), name=task.name, queue="maintenance", expires=seconds * 5 // 6
            )
