-- M2: mails that a server did not give when it was asked for them: how often, when, and what it said.
-- They are asked for again, and after some tries a mail in quarantine stands for them.
CREATE TABLE imap_refused (
  mailbox TEXT NOT NULL REFERENCES imap_mailboxes (name),
  uid {int} NOT NULL,
  tries {int} NOT NULL,
  asked_at {int} NOT NULL,
  said TEXT NOT NULL,
  PRIMARY KEY (mailbox, uid)
) {strict};
