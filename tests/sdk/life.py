"""A ticket's whole life, played with the official Python client against a desk that is being served.

Prints the numbers of the tickets it made, as JSON. Fails at the first thing that is not so.

usage: life.py URL TOKEN ADMIN_ID
"""

import json
import sys

from intercom import Intercom
from intercom.core.api_error import ApiError

url, token, admin = sys.argv[1:]
client = Intercom(token=token, base_url=url)


def refused(status, code, call, **arguments):
    try:
        call(**arguments)
    except ApiError as error:
        body = error.body if isinstance(error.body, dict) else error.body.dict()
        assert error.status_code == status, error
        assert body["type"] == "error.list", body
        assert code is None or body["errors"][0]["code"] == code, body
    else:
        raise AssertionError("it was not refused")


assert client.admins.identify().type == "admin"
assert admin in [a.id for a in client.admins.list().admins]
types = {t.category: t.id for t in client.ticket_types.list().data}
assert sorted(types) == ["Back-office", "Customer", "Tracker"]
states = {s.category: s.id for s in client.ticket_states.list_ticket_states().data}
assert len(states) == 4

ada = client.contacts.create(
    request={"role": "user", "email": "ada@lumen.example", "name": "Ada Park", "external_id": "u-1"}
)
assert client.contacts.find(contact_id=ada.id).email == "ada@lumen.example"


def submit(category, title, contacts):
    # The client has no parameter for the attributes.
    attributes = {"_default_title_": title, "_default_description_": f"About {title}"}
    return client.tickets.create(
        ticket_type_id=types[category],
        contacts=contacts,
        request_options={"additional_body_parameters": {"ticket_attributes": attributes}},
    )


customer = submit("Customer", "Refund", [{"id": ada.id}])
back_office = submit("Back-office", "Chargeback", [{"email": "ada@lumen.example"}])
tracker = submit("Tracker", "Payouts fail", [])
assert (customer.is_shared, back_office.is_shared, tracker.is_shared) == (True, False, False)
assert customer.ticket_attributes["_default_title_"] == "Refund"


def reply(ticket, **body):
    return client.tickets.reply(ticket_id=ticket.id, request=body)


by_admin = {"type": "admin", "admin_id": admin}
comment = reply(customer, **by_admin, message_type="comment", body="<p>We look &amp; see.</p>")
assert comment.part_type == "comment" and comment.body == "<p>We look &amp; see.</p>"
assert reply(customer, **by_admin, message_type="note", body="Hush").part_type == "note"
as_ada = {"type": "user", "intercom_user_id": ada.id, "message_type": "comment"}
assert reply(customer, **as_ada, body="Thanks").author.type == "user"

# V3, V4: in words, by this way as by every other.
hello = {**by_admin, "message_type": "comment", "body": "Hello"}
refused(403, None, reply, ticket=tracker, **hello)
refused(403, None, reply, ticket=back_office, **hello)
refused(404, None, reply, ticket=back_office, **as_ada, body="?")
refused(403, None, client.tickets.update, ticket_id=tracker.id, is_shared=True)
refused(403, None, client.tickets.update, ticket_id=customer.id, is_shared=False)


def update(ticket, **changes):
    return client.tickets.update(ticket_id=ticket.id, admin_id=int(admin), **changes)


now = update(customer, ticket_state_id=states["in_progress"])
assert now.ticket_state.category == "in_progress"
update(customer, ticket_state_id=states["in_progress"])
refused(400, "ticket_state_id_invalid", update, ticket=customer, ticket_state_id="0")
refused(404, "assignee_not_found", update, ticket=customer, assignee_id="999")
assert str(update(customer, assignee_id=admin).admin_assignee_id) == admin
update(customer, ticket_state_id=states["waiting_on_customer"])
assert update(customer, ticket_state_id=states["resolved"]).open is False
assert update(back_office, is_shared=True).is_shared is True
now = update(back_office, open=False)
assert now.open is False and now.ticket_state.category == "submitted"

# The client's own pager asks for the first page for ever: cursors by hand.
found, cursor = [], None
while True:
    page = client.tickets.search(
        query={
            "operator": "OR",
            "value": [
                {"field": "contact_ids", "operator": "=", "value": ada.id},
                {"field": "category", "operator": "=", "value": "tracker"},
            ],
        },
        pagination={"per_page": 2, "starting_after": cursor},
    ).response
    assert page.total_count == 3
    found += [t.id for t in page.tickets]
    if not page.pages.next:
        break
    cursor = page.pages.next.starting_after
assert found == [tracker.id, back_office.id, customer.id], found
company = {"field": "company_id", "operator": "=", "value": "1"}
refused(400, "invalid_field", client.tickets.search, query=company)

tag = client.tags.create(request={"name": "vip"})
assert client.tags.tag_ticket(customer.id, tag_id=tag.id, admin_id=admin).name == "vip"
client.tags.untag_ticket(customer.id, tag_id=tag.id, admin_id=admin)

assert client.tickets.get(ticket_id=customer.id).ticket_state.category == "resolved"
refused(404, None, client.tickets.get, ticket_id="99999")
wrong = Intercom(token="wrong", base_url=url)
refused(401, "unauthorized", wrong.tickets.get, ticket_id=customer.id)
newer = Intercom(token=token, base_url=url, headers={"Intercom-Version": "2.16"})
assert newer.tickets.get(ticket_id=customer.id).admin_assignee_id == int(admin)

print(json.dumps([customer.id, back_office.id, tracker.id]))
