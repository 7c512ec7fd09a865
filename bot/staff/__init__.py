"""The staff's side: enrolment, tasks by chat, figures. Chat and web pages stand on the same rules."""
