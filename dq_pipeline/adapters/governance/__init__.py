"""What people have a right to, carried out and put on record: erasure, access, retention, holds, the audit trail."""
