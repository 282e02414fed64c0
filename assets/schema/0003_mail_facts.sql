-- The desk, version 3: what the team is told of mail.

-- M3, N14: each time mail to a contact stopped, in the words of who said so. Never deleted: one that
-- was lifted says when and by whom. What holds now is `contacts.mail_stop`.
CREATE TABLE mail_stops (
  id {id},
  contact_id {int} NOT NULL REFERENCES contacts (id),
  reason TEXT NOT NULL CHECK (reason IN ('unsubscribed', 'hard_bounce')),
  words TEXT,
  at {int} NOT NULL,
  ticket_id {int} REFERENCES tickets (id),
  lifted_at {int},
  lifted_by TEXT,
  CONSTRAINT who_lifts_is_known CHECK ((lifted_at IS NULL) = (lifted_by IS NULL))
) {strict};
CREATE INDEX mail_stops_contact ON mail_stops (contact_id, id);

-- M1, M3, M5: how the ticket of a mail was found, whether a machine sent it, and how many of its
-- lines are not shown. Of mail that arrived before this version they are not known.
ALTER TABLE inbound ADD COLUMN matched_by TEXT CHECK (matched_by IN ('address', 'thread'));
ALTER TABLE inbound ADD COLUMN automatic {int} NOT NULL DEFAULT 0 CHECK (automatic IN (0, 1));
ALTER TABLE inbound ADD COLUMN hidden_lines {int} NOT NULL DEFAULT 0;
