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
    "notifications.contactpoint": "opt_outs refused_channels",
    "notifications.providerstate": "provider share rest_seconds",
    "notifications.messagebudget": "monthly_limit",
    "notifications.zalolink": "how",
    "notifications.dailyfigure": "day channel messages arrived seen failed cost",
    "notifications.messagetemplate": "channel notice provider_id body parameters version",
    # Codes of errors and references of providers; the text and its context are encrypted or derived.
    "notifications.outboxmessage": (
        "intent notice message_class queued_by state attempts send_round plan hop provider provider_ref "
        "last_error parts cost"
    ),
    # Said to hundreds of people at once, refused when it holds twelve digits; figures and codes.
    "notifications.massmessage": (
        "title text link audience target target_label per_minute state created_by written_by approved_by "
        "estimate people listed_to passed passed_to repaired figures rate"
    ),
    "notifications.massentry": "frm to actor",
    "notifications.shortlink": "use code path",
    "notifications.shortlinkday": "date opened",
    # Which notice, how often and how it ended; words and notes are encrypted.
    "notifications.calltask": "notice requested_by state attempts",
    "notifications.callattempt": "number outcome",
    "notifications.deliveryattempt": "send_round hop number channel provider outcome error_code took_ms",
    # Ids of accounts and apps, random tokens, digests of our own files, codes of errors; names of units' OAs.
    "zalo.officialaccount": (
        "name oa_id app_id webhook_token state followers daily_quota remaining_quota check_error mismatches "
        "oa_id_matches"
    ),
    "zalo.tokenvault": "generation attempts",
    "zalo.consentrequest": "state_digest",
    "zalo.tokenentry": "event error generation actor",
    # What kind of event and how it went; who and what stands in the encrypted body.
    "zalo.broadcast": (
        "title description text state article_token article_id message_id attempts last_error"
    ),
    "zalo.webhookevent": "name state attempts repeats last_error",
    "zalo.upload": "kind digest upload_id",
    "zalo.zalotemplate": "template_id name state reason tag quality params price_phone price_user",
    "zalo.menuitem": "position title kind value",
    # Words, names and places are encrypted; Zalo's id of a message and why it did not go out say nothing.
    "conversations.conversation": "state version unread",
    "conversations.chatmessage": "direction kind provider_id answer once state attempts last_error",
    "conversations.statusentry": "frm to verb actor",
    "conversations.outcome": "target",
    # An officer's ready words for everybody, and hours of a weekday.
    "conversations.quickreply": "title text",
    "conversations.shift": "weekday opens closes",
    # Kinds, sizes and codes of ours; the name, the key and why an officer decided are encrypted. A finding
    # is the scanner's name of a virus.
    "files.storedfile": ("owner_key put_by_kind put_by kind size received state code finding attempts"),
    "files.blob": "role name size stored_size records",
    "files.fileentry": "frm to code actor",
    "citizens.codebudget": "used queued",
    "citizens.linkinvitation": "how",
    "citizens.zaloanswer": "reply attempts error",
    "citizens.spentproof": "digest",
    # SHA-256 of random secrets; the path says which page, what was typed there is encrypted.
    "citizens.waitingrequest": "token_hash path ticket",
    "citizens.citizensession": "token_hash",
    "citizens.citizentoken": "token_hash",
    "citizens.onetimecode": "purpose tries",
    "citizens.contactperson": "role",
    "citizens.organisation": "status enrolled_by",
    "citizens.membership": "role valid_from valid_to granted_by ended_by",
    "citizens.consent": "purpose text_key text_version channel recorded_by",
    # The code is random; the kind of request is one of a few.
    "procedures.declaration": "filed_by code request_kind status",
    "procedures.procedure": "key slug name name_en field filing_mode official_code ended_on",
    # The words of the law for everybody; who checked is a unit, who wrote an officer's reference.
    "procedures.procedureversion": (
        "number status name name_en content search_text grade valid_from checked_on checked_by review_on "
        "change_note made_by"
    ),
    "procedures.filingrule": "mode",
    "procedures.authorisation": "number issued_on issued_by valid_from valid_to",
    "procedures.procedurenote": "text text_en",
    "appointments.campaign": "name slug description status kind numbering",
    "appointments.session": "date place_name place_address last_number status",
    "appointments.slot": "starts minutes capacity taken reserve reserve_taken",
    "appointments.sessionservice": "minutes_per_person",
    "appointments.officecalendar": (
        "place_name place_address days_ahead counters minutes_per_person slot_minutes reserve"
    ),
    "appointments.booking": "status number filed_by",
    "appointments.archivedbooking": "status number request_kind age_band filed_by_kind",
    "appointments.statusentry": "frm to actor",
    "appointments.sessionclosure": "closed_by people moved displaced",
    # The codes are random; who waits, and with which answers, is hashed or encrypted.
    "appointments.waitingentry": "code size status passed",
    "appointments.interest": "code status",
    "appointments.card": "status pickup_on",
    "appointments.cardentry": "frm to actor",
    "appointments.helper": "quota valid_to enrolled_by",
    # Counters and queue numbers hang over everybody's head; why somebody goes first is encrypted.
    "appointments.counter": "number name",
    "appointments.deskrules": "priority_every minutes_per_person",
    "appointments.deskday": "screen_code last_station",
    "appointments.station": "number last_walk_in",
    "appointments.turn": "label status due order call_count",
    "appointments.deskoperation": "kind outcome note actor",
}
