-- Ticket types, and what other programs know of a desk's tickets and people.

-- One type stands for each category from the start; their numbers are 1, 2 and 3.
CREATE TABLE ticket_types (
  id {id},
  category TEXT NOT NULL CHECK (category IN ('customer', 'back-office', 'tracker')),
  name TEXT NOT NULL,
  name_key TEXT NOT NULL UNIQUE,
  description TEXT NOT NULL DEFAULT '',
  icon TEXT NOT NULL DEFAULT '',
  archived {int} NOT NULL DEFAULT 0 CHECK (archived IN (0, 1)),
  created_at {int} NOT NULL,
  updated_at {int} NOT NULL
) {strict};
INSERT INTO ticket_types (category, name, name_key, created_at, updated_at) VALUES
  ('customer', 'Customer ticket', 'customer ticket', 0, 0),
  ('back-office', 'Back-office ticket', 'back-office ticket', 0, 0),
  ('tracker', 'Tracker ticket', 'tracker ticket', 0, 0);

-- The options of a list stand one a line.
CREATE TABLE ticket_type_attributes (
  id {id},
  type_id {int} NOT NULL REFERENCES ticket_types (id),
  name TEXT NOT NULL,
  description TEXT NOT NULL DEFAULT '',
  data_type TEXT NOT NULL CHECK (data_type IN
    ('string', 'integer', 'decimal', 'boolean', 'datetime', 'list')),
  options TEXT NOT NULL DEFAULT '',
  required {int} NOT NULL DEFAULT 0 CHECK (required IN (0, 1)),
  archived {int} NOT NULL DEFAULT 0 CHECK (archived IN (0, 1)),
  created_at {int} NOT NULL,
  updated_at {int} NOT NULL,
  UNIQUE (type_id, name)
) {strict};

-- Null is the category's first type.
ALTER TABLE tickets ADD COLUMN type_id {int} REFERENCES ticket_types (id);
-- A deleted ticket is on no surface any more; its row, its parts and its ledger stay.
ALTER TABLE tickets ADD COLUMN deleted_at {int};

-- A value is JSON.
CREATE TABLE ticket_attributes (
  ticket_id {int} NOT NULL REFERENCES tickets (id),
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (ticket_id, name)
) {strict};

ALTER TABLE contacts ADD COLUMN external_id TEXT;
ALTER TABLE contacts ADD COLUMN role TEXT NOT NULL DEFAULT 'user' CHECK (role IN ('user', 'lead'));
ALTER TABLE contacts ADD COLUMN updated_at {int};
-- A deleted contact keeps its row, for the ledger's sake, without name and address.
ALTER TABLE contacts ADD COLUMN deleted_at {int};
CREATE UNIQUE INDEX contacts_external ON contacts (external_id) WHERE external_id IS NOT NULL;

-- The numbers of tags. A ticket has its tags by name.
CREATE TABLE tags (
  id {id},
  name TEXT NOT NULL UNIQUE
) {strict};

-- Tickets that were asked for by way of the queue.
CREATE TABLE jobs (
  id TEXT NOT NULL PRIMARY KEY,
  ticket_id {int} NOT NULL REFERENCES tickets (id),
  created_at {int} NOT NULL
) {strict};
