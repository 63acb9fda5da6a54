/** Help for `backend-tools.ts`, which is loaded only when one of them is asked for. */
export const TOOLS_USAGE = `  madoguchi backend backup --data DIR|--database URL --to FILE
      a copy of the database while backends run (PostgreSQL: by pg_dump); keep DIR/master.key apart from it
  madoguchi backend restore --data NEWDIR --from FILE --key master.key --audit EXPORT
  madoguchi backend restore --database EMPTY-URL --from FILE --audit EXPORT
      applies what the audit log says happened after the backup; only then can a backend be started on it
  madoguchi backend enrol --data DIR|--database URL --id ID --role ROLE [--town CODE] --cert FILE
      a terminal with its client certificate, the first administrator's before a backend with --tls-key is started; that one
      enrols the others through the door
  madoguchi backend audit-export --server URL --terminal ID --to FILE
      the audit log of a running backend and, as FILE.pem, its public key
  madoguchi backend audit-verify --audit EXPORT --key FILE.pem
      does an exported log say what was signed? exit code 1 and the place if not`
