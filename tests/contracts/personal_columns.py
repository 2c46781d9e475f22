"""Columns that are stored in the clear, each looked at by somebody: none of them says who a person is.

What is about a person (name, birth date, identity number, phone, address, anything typed freely, drafts,
message context) is an Encrypted…Field; what is looked up by is a LookupHashField. A new column that is
neither must be agreed on here, with the question: could a person be recognised by it?
Dates and times of rows, flags, UUIDs and foreign keys need no entry.
"""

PLAIN = {
    # Who and what as references of ours ("officer:<uid>"); detail is ids and statuses, masked once more.
    "audit.auditentry": "actor action object_type object_uid unit_number unit_uid unit_code detail",
    "audit.seal": "number from_id to_id count previous_digest digest sealed_by",
    "audit.sealedentry": "seal_number position entry_id entry_digest",
    # Keys are keyed digests with the day mixed in; an operation is a method and an address without names.
    "requests.throttlecounter": "scope key_digest window_start window_end hits",
    "requests.idempotencyrecord": "caller_digest key_digest operation request_hash state status_code",
    # Units are public: what stands here hangs on the station's door.
    "units.unitkind": "code name_vi name_en level",
    "units.unit": (
        "official_code edition name display_name police_title folded_name folded_path slug valid_from "
        "valid_to latitude longitude address duty_phone sms_brand code_budget_per_hour"
    ),
    "units.succession": "on note",
    "units.unitreach": "via",
    "units.calendarday": "date name source",
    "units.hamlet": "name kind folded_name",
    "units.openinghours": "weekday opens closes kind",
    "units.unitcontact": "kind name phone note order",
    # The account name is made by the IT officer and known to the unit; the officer's name is encrypted.
    "officers.officer": "password username rank_title",
    "officers.roleassignment": "role valid_from valid_to granted_by",
    # Opted-out purposes, not a word about the person.
    "notifications.contactpoint": "opt_outs",
    "notifications.messagetemplate": "channel notice provider_id body parameters version",
    # Codes of errors and references of providers; the text and its context are encrypted or derived.
    "notifications.outboxmessage": (
        "intent notice message_class queued_by state attempts send_round plan hop provider_ref last_error "
        "parts cost"
    ),
    "notifications.deliveryattempt": "send_round hop number channel outcome error_code",
    "citizens.codebudget": "used queued",
    "citizens.spentproof": "digest",
    # SHA-256 of random secrets; the path says which page, what was typed there is encrypted.
    "citizens.waitingrequest": "token_hash path ticket",
    "citizens.citizensession": "token_hash",
    "citizens.citizentoken": "token_hash",
    "citizens.onetimecode": "purpose tries",
    "citizens.contactperson": "role",
    "citizens.consent": "purpose text_key text_version channel recorded_by",
    # The code is random; the kind of request is one of a few.
    "procedures.declaration": "filed_by code request_kind status",
    "procedures.procedure": (
        "key slug name name_en summary field filing_mode official_code time_value time_unit legal_basis "
        "grade valid_from valid_to checked_on checked_by"
    ),
    "procedures.paper": "text form request_kind age_band order",
    "procedures.fee": "request_kind amount note legal_basis valid_from valid_to",
    "appointments.campaign": "name slug description status",
    "appointments.session": "date place_name place_address last_number",
    "appointments.slot": "starts minutes capacity taken",
    "appointments.booking": "status number filed_by",
    "appointments.statusentry": "frm to actor",
}
