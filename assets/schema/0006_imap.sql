-- The desk, version 6: mailboxes that are read by IMAP.

-- M: how far each mailbox has been read, and by whom just now. `since` is when it was first looked
-- into: what is older than that by days stays where it is. A UID means nothing under another
-- UIDVALIDITY. The holder is a program; whoever holds the row reads the mailbox.
CREATE TABLE imap_mailboxes (
  name TEXT NOT NULL PRIMARY KEY,
  since {int} NOT NULL,
  uid_validity {int} NOT NULL DEFAULT 0,
  seen_uid {int} NOT NULL DEFAULT 0,
  holder TEXT,
  held_until {int} NOT NULL DEFAULT 0,
  trouble TEXT
) {strict};
-- Mails that are kept and not yet moved out of the inbox.
CREATE TABLE imap_moves (
  mailbox TEXT NOT NULL REFERENCES imap_mailboxes (name),
  uid {int} NOT NULL,
  PRIMARY KEY (mailbox, uid)
) {strict};
