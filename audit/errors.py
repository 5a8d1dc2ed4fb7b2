"""What can go wrong in the audit log.

AuditError
├── NotCanonical            a value or text outside the canonical JSON that is hashed
├── NoteInvalid             text that is not a signed note, a key text or a checkpoint
│   └── SignatureInvalid    a note that no trusted key signed, or signed wrongly
├── ReceiptInvalid          a receipt that is not in the exact form this program writes
│   └── ReceiptNotProven    a well-formed receipt whose proof or signature does not hold
├── BundleInvalid           an export that cannot be read as one
├── SecretUnusable          a key file that is missing, unsafe or damaged
├── KeyUnknown              a conversation for which no key was ever made
├── KeyErased               a conversation whose key was destroyed on purpose
├── SealBroken              a ciphertext that its key and identifiers do not open
├── CommitmentBroken        an opened record that is not what the log committed to
├── RecordUnknown           a record identifier that the log does not hold
├── NothingPersonal         a record that has no personal part
├── EventInvalid            an event that may not be recorded as it stands
├── LogMismatch             a database that holds another log, or a damaged one
└── DatabaseUnavailable     a database that cannot be opened, read or written now
    └── StorageFull         ... because there is no room left

Each message says what to do next. The caller may show it to an operator; none holds personal data.
"""


class AuditError(Exception):
    """The root of every error this package raises on purpose."""


class NotCanonical(AuditError):
    """The value or text has no place in the canonical JSON that is hashed."""


class NoteInvalid(AuditError):
    """The text is not a signed note, a verifier key or a checkpoint."""


class SignatureInvalid(NoteInvalid):
    """No trusted key signed the note, or the signature of one is wrong."""


class ReceiptInvalid(AuditError):
    """The text is not a receipt in the exact form this program writes."""


class ReceiptNotProven(ReceiptInvalid):
    """The receipt is well formed, but its proof or its signature does not hold."""


class BundleInvalid(AuditError):
    """The file cannot be read as an exported log."""


class SecretUnusable(AuditError):
    """A key file is missing, readable by others, or damaged."""


class KeyUnknown(AuditError):
    """No key was ever made for this conversation."""


class KeyErased(AuditError):
    """The conversation was erased: its key is destroyed and nothing of it can be read."""


class SealBroken(AuditError):
    """The ciphertext does not open with this key and these identifiers."""


class CommitmentBroken(AuditError):
    """The opened record is not the one that the log committed to."""


class RecordUnknown(AuditError):
    """The log holds no record under this identifier."""


class NothingPersonal(AuditError):
    """The record has no personal part to open."""


class EventInvalid(AuditError):
    """The event may not be recorded as it stands."""


class LogMismatch(AuditError):
    """The database holds another log than the one asked for, or a damaged one."""


class DatabaseUnavailable(AuditError):
    """The database cannot be opened, read or written now."""


class StorageFull(DatabaseUnavailable):
    """There is no room left where the database is kept."""
