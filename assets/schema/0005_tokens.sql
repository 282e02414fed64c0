-- The desk, version 5: tokens of the HTTP API.

-- A token is shown once, when it is made. Here is the SHA-256 of it alone, in hexadecimal. One that
-- is revoked keeps its row.
CREATE TABLE tokens (
  id {id},
  sha256 TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL CHECK (kind IN ('admin', 'teammate', 'contact')),
  teammate_id {int} REFERENCES teammates (id),
  contact_id {int} REFERENCES contacts (id),
  created_at {int} NOT NULL,
  expires_at {int},
  used_at {int},
  revoked_at {int},
  CONSTRAINT a_token_is_somebodys CHECK (
    (kind = 'admin' AND teammate_id IS NULL AND contact_id IS NULL)
    OR (kind = 'teammate' AND teammate_id IS NOT NULL AND contact_id IS NULL)
    OR (kind = 'contact' AND teammate_id IS NULL AND contact_id IS NOT NULL)
  )
) {strict};
