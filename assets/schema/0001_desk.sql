-- The desk, version 1. Portable between SQLite and PostgreSQL: the words in braces are the
-- dialect's (src/store/schema.rs). Times are milliseconds since 1970, UTC. Flags are 0 or 1.
-- A column's meaning never changes; a later version adds a file beside this one.

CREATE TABLE meta (
  key TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
) {strict};

CREATE TABLE contacts (
  id {id},
  name TEXT NOT NULL DEFAULT '',
  email TEXT,
  email_key TEXT UNIQUE,
  mail_stop TEXT CHECK (mail_stop IN ('unsubscribed', 'hard_bounce')),
  created_at {int} NOT NULL,
  CHECK ((email IS NULL) = (email_key IS NULL))
) {strict};

CREATE TABLE teammates (
  id {id},
  name TEXT NOT NULL,
  name_key TEXT NOT NULL UNIQUE,
  created_at {int} NOT NULL
) {strict};

-- V2, V3: what the categories allow, whatever program writes here.
CREATE TABLE tickets (
  id {id},
  category TEXT NOT NULL CHECK (category IN ('customer', 'back-office', 'tracker')),
  title TEXT NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
  state TEXT NOT NULL CHECK (state IN ('submitted', 'in-progress', 'waiting', 'resolved')),
  is_open {int} NOT NULL CHECK (is_open IN (0, 1)),
  shared {int} NOT NULL CHECK (shared IN (0, 1)),
  contact_id {int} REFERENCES contacts (id),
  assignee_id {int} REFERENCES teammates (id),
  priority {int} NOT NULL DEFAULT 0 CHECK (priority IN (0, 1)),
  snoozed_until {int},
  tags TEXT NOT NULL DEFAULT '',
  awaits_reply {int} NOT NULL DEFAULT 0 CHECK (awaits_reply IN (0, 1)),
  reports {int} NOT NULL DEFAULT 0,
  created_at {int} NOT NULL,
  updated_at {int} NOT NULL,
  revision {int} NOT NULL,
  CONSTRAINT customer_tickets_are_shared CHECK (category <> 'customer' OR shared = 1),
  CONSTRAINT tracker_tickets_are_never_shared CHECK (category <> 'tracker' OR shared = 0),
  CONSTRAINT trackers_have_no_contact CHECK (category <> 'tracker' OR contact_id IS NULL),
  CONSTRAINT shared_tickets_have_a_contact CHECK (shared = 0 OR contact_id IS NOT NULL)
) {strict};
CREATE INDEX tickets_inbox ON tickets (category, updated_at DESC, id DESC);
CREATE INDEX tickets_all ON tickets (updated_at DESC, id DESC);
CREATE INDEX tickets_contact ON tickets (contact_id, shared);

-- V6: a part that is internal by its kind can never be visible.
CREATE TABLE parts (
  id {id},
  ticket_id {int} NOT NULL REFERENCES tickets (id),
  at {int} NOT NULL,
  author TEXT NOT NULL,
  kind TEXT NOT NULL,
  event TEXT NOT NULL,
  body TEXT,
  visible {int} NOT NULL CHECK (visible IN (0, 1)),
  badge {int} NOT NULL CHECK (badge IN (0, 1)),
  recent {int} NOT NULL CHECK (recent IN (0, 1)),
  withdrawn_at {int},
  CONSTRAINT internal_parts_are_never_visible CHECK (visible = 0 OR kind IN
    ('submitted', 'reply', 'customer_reply', 'state', 'shared')),
  CONSTRAINT what_is_invisible_tells_nobody CHECK (visible = 1 OR (badge = 0 AND recent = 0))
) {strict};
CREATE INDEX parts_ticket ON parts (ticket_id, id);

-- L1, L2: never deleted; unique per part, channel and contact.
CREATE TABLE deliveries (
  id {id},
  ticket_id {int} NOT NULL REFERENCES tickets (id),
  part_id {int} NOT NULL REFERENCES parts (id),
  contact_id {int} REFERENCES contacts (id),
  channel TEXT NOT NULL CHECK (channel IN ('badge', 'recent', 'email')),
  status TEXT NOT NULL CHECK (status IN
    ('due', 'sending', 'sent', 'retrying', 'failed', 'unknown', 'suppressed')),
  reason TEXT,
  reason_at {int},
  at {int} NOT NULL,
  due_at {int},
  first_due_at {int},
  sent_at {int},
  message_id TEXT UNIQUE,
  attempts {int} NOT NULL DEFAULT 0,
  lost_answers {int} NOT NULL DEFAULT 0,
  carried_by {int} REFERENCES deliveries (id),
  last_error TEXT,
  claimed_by TEXT,
  claimed_until {int} NOT NULL DEFAULT 0,
  handed_over {int} NOT NULL DEFAULT 0 CHECK (handed_over IN (0, 1)),
  raw {blob},
  CONSTRAINT a_suppressed_row_says_why CHECK (status <> 'suppressed' OR reason IS NOT NULL),
  CONSTRAINT who_is_told_is_known CHECK (status = 'suppressed' OR contact_id IS NOT NULL)
) {strict};
CREATE UNIQUE INDEX deliveries_once ON deliveries (part_id, channel, contact_id);
CREATE UNIQUE INDEX deliveries_once_nobody ON deliveries (part_id, channel) WHERE contact_id IS NULL;
CREATE INDEX deliveries_ticket ON deliveries (ticket_id, id);
CREATE INDEX deliveries_pending ON deliveries (due_at)
  WHERE channel = 'email' AND status IN ('due', 'sending', 'retrying');

-- N12.
CREATE TABLE seen (
  ticket_id {int} NOT NULL REFERENCES tickets (id),
  contact_id {int} NOT NULL REFERENCES contacts (id),
  at {int} NOT NULL,
  PRIMARY KEY (ticket_id, contact_id)
) {strict};

-- A link stands here twice, once from each end.
CREATE TABLE links (
  ticket_id {int} NOT NULL REFERENCES tickets (id),
  other_id {int} NOT NULL REFERENCES tickets (id),
  PRIMARY KEY (ticket_id, other_id)
) {strict};

CREATE TABLE drafts (
  teammate_id {int} NOT NULL REFERENCES teammates (id),
  kind TEXT NOT NULL CHECK (kind IN ('reply', 'note', 'new')),
  ticket_id {int} NOT NULL,
  body TEXT NOT NULL,
  saved_at {int} NOT NULL,
  PRIMARY KEY (teammate_id, kind, ticket_id)
) {strict};

-- Kept in the writing transaction, so that no screen ever counts.
CREATE TABLE counters (
  category TEXT NOT NULL PRIMARY KEY,
  total {int} NOT NULL,
  is_open {int} NOT NULL,
  awaits_reply {int} NOT NULL
) {strict};
INSERT INTO counters (category, total, is_open, awaits_reply)
VALUES ('customer', 0, 0, 0), ('back-office', 0, 0, 0), ('tracker', 0, 0, 0);

-- The Messenger settings' logo: at most one row (N11).
CREATE TABLE logo (
  id {int} NOT NULL PRIMARY KEY CHECK (id = 1),
  bytes {blob} NOT NULL
) {strict};
