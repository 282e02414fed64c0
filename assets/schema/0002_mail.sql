-- The desk, version 2: mail both ways.

-- M1: a reply address is signed with the epoch of its (ticket, contact); raising it revokes every
-- address that was given out before. No row means epoch 0.
CREATE TABLE reply_epochs (
  ticket_id {int} NOT NULL REFERENCES tickets (id),
  contact_id {int} NOT NULL REFERENCES contacts (id),
  epoch {int} NOT NULL CHECK (epoch > 0),
  PRIMARY KEY (ticket_id, contact_id)
) {strict};

-- M2, M4: every mail that arrives, as it arrived. Never deleted. The envelope's sender is empty for
-- the null sender, and null where the way in does not tell it. The key of a duplicate is known once
-- the mail was understood; `matched` is the ticket it was about, 0 for none. `ticket_id` is where
-- it ended up, or for a held one where it would go; `contact_id` whose answer it would be then.
CREATE TABLE inbound (
  id {id},
  received_at {int} NOT NULL,
  mailbox TEXT NOT NULL,
  envelope_sender TEXT,
  envelope_recipient TEXT NOT NULL,
  size {int} NOT NULL,
  raw {blob} NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('stored', 'applied', 'held', 'dropped', 'poison')),
  tries {int} NOT NULL DEFAULT 0,
  settled_at {int},
  cause TEXT,
  sender_check TEXT CHECK (sender_check IN ('pass', 'fail', 'not_checked')),
  author TEXT,
  subject TEXT,
  ticket_id {int} REFERENCES tickets (id),
  part_id {int} REFERENCES parts (id),
  contact_id {int} REFERENCES contacts (id),
  message_id_key TEXT,
  author_key TEXT,
  text_hash TEXT,
  matched {int} NOT NULL DEFAULT 0,
  duplicate_of {int} REFERENCES inbound (id),
  CONSTRAINT what_is_not_applied_says_why CHECK (state IN ('stored', 'applied') OR cause IS NOT NULL)
) {strict};
CREATE INDEX inbound_waiting ON inbound (id) WHERE state = 'stored';
CREATE INDEX inbound_quarantine ON inbound (id) WHERE state IN ('held', 'poison');
CREATE INDEX inbound_part ON inbound (part_id);
CREATE INDEX inbound_brake ON inbound (author_key, ticket_id, received_at);
CREATE INDEX inbound_ids ON inbound (message_id_key);
CREATE UNIQUE INDEX inbound_once ON inbound (mailbox, message_id_key, author_key, text_hash, matched)
  WHERE duplicate_of IS NULL AND message_id_key IS NOT NULL;

-- A file is kept once, under the SHA-256 of its bytes; its names stand with the parts that have it.
CREATE TABLE attachments (
  sha256 TEXT NOT NULL PRIMARY KEY,
  size {int} NOT NULL,
  bytes {blob} NOT NULL
) {strict};
CREATE TABLE part_attachments (
  part_id {int} NOT NULL REFERENCES parts (id),
  position {int} NOT NULL,
  sha256 TEXT NOT NULL REFERENCES attachments (sha256),
  name TEXT NOT NULL,
  mime TEXT NOT NULL,
  inline {int} NOT NULL CHECK (inline IN (0, 1)),
  PRIMARY KEY (part_id, position)
) {strict};

-- N17: contacts that came by mail and have not yet shown that they read what is sent to them.
CREATE TABLE strangers (
  contact_id {int} NOT NULL PRIMARY KEY REFERENCES contacts (id)
) {strict};
-- N17: the confirmations that went to strangers. They are fixed text, and few.
CREATE TABLE stranger_confirmations (
  part_id {int} NOT NULL PRIMARY KEY REFERENCES parts (id),
  contact_id {int} NOT NULL REFERENCES contacts (id),
  at {int} NOT NULL
) {strict};
CREATE INDEX stranger_confirmations_at ON stranger_confirmations (at);

-- Reply addresses that did not hold, by sender and hour: someone is guessing.
CREATE TABLE mail_counters (
  kind TEXT NOT NULL,
  who TEXT NOT NULL,
  hour {int} NOT NULL,
  n {int} NOT NULL,
  PRIMARY KEY (kind, who, hour)
) {strict};
