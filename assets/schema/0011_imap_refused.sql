-- M2: mails that a server did not give when it was asked for them: how often, when, and what it said.
-- They are asked for again, and after some tries a mail in quarantine stands for them.
CREATE TABLE imap_refused (
  mailbox TEXT NOT NULL REFERENCES imap_mailboxes (name),
  uid {int} NOT NULL,
  tries {int} NOT NULL,
  asked_at {int} NOT NULL,
  said TEXT NOT NULL,
  held {int} REFERENCES inbound (id),
  PRIMARY KEY (mailbox, uid)
) {strict};
-- The first look into a mailbox, which leaves old mail where it is, has ended: until then each
-- connection goes on with it.
ALTER TABLE imap_mailboxes ADD COLUMN looked {int} NOT NULL DEFAULT 0;
UPDATE imap_mailboxes SET looked = 1 WHERE seen_uid > 0;
