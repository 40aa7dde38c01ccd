import type { Content, LabPackage } from '../labPackage.ts'

/** Programs of `oceanbase-ce-utils`, in /usr/bin. bench_io.sh is not among them. */
export const serverFixed: readonly Content[] = [
  { kind: 'text', at: '/usr/bin/ob_error', text: '#!/bin/sh\nexit 0\n', mode: 0o755 },
  {
    kind: 'launcher',
    at: '/usr/bin/ob_admin',
    program: 'libexec/obflow-lab-utils/lib/observer/obAdmin.js',
  },
]

/**
 * What its unit of systemd is made from. Source: kernel tools/systemd/profile, cmake/Pack.cmake.
 */
export const serverProfile = (prefix: string): readonly Content[] => [
  {
    kind: 'text',
    at: 'profile/oceanbase.service',
    text: `[Unit]
Description=oceanbase

[Service]
User=root
Type=forking
ExecStart=/bin/bash ${prefix}/profile/oceanbase-service.sh start
PIDFile=${prefix}/run/observer.pid

[Install]
WantedBy=multi-user.target
`,
  },
  { kind: 'text', at: 'profile/oceanbase-service.sh', text: '#!/bin/bash\nexit 0\n' },
  { kind: 'text', at: 'profile/oceanbase.cnf', text: 'mysql_port=2881\nrpc_port=2882\n' },
  // The real one sends what it knows of the host to oceanbase.com, unless TELEMETRY_MODE is 0.
  {
    kind: 'text',
    at: 'profile/telemetry.sh',
    text: `#!/bin/bash
if [ -z "$TELEMETRY_MODE" ] || [ "$TELEMETRY_MODE" = 1 ]; then echo "$1" >>/var/log/oceanbase-telemetry; fi
`,
  },
]

/**
 * What rpm runs as root, with the prefix the package was built for, wherever it goes.
 * Source: kernel tools/systemd/profile/{pre,post}_{install,uninstall}.sh.template, 4.2.1 on.
 */
export const serverScripts = (
  prefix: string,
  version: string,
): NonNullable<LabPackage['scripts']> => ({
  pre: `
if [ "$1" -gt 1 ] && [ "$(cat /proc/$PPID/comm)" != ocp_mgragent ]; then
  echo "The upgrade of the oceanbase ${version} is not allowed." >&2
  exit 1
fi`,
  post: `
cp -f ${prefix}/profile/oceanbase.service /etc/systemd/system/oceanbase.service
chmod 644 /etc/systemd/system/oceanbase.service
chmod +x ${prefix}/profile/oceanbase-service.sh
cp -f ${prefix}/profile/oceanbase.cnf /etc/oceanbase.cnf
systemctl daemon-reload
/bin/bash ${prefix}/profile/telemetry.sh $1 >/dev/null 2>&1
echo 'To configure OceanBase: edit /etc/oceanbase.cnf'`,
  preun: `
systemctl stop oceanbase
systemctl disable oceanbase
/bin/bash ${prefix}/profile/oceanbase-service.sh destroy
rm -f /etc/systemd/system/oceanbase.service /etc/oceanbase.cnf
systemctl daemon-reload
/bin/bash ${prefix}/profile/telemetry.sh $1 >/dev/null 2>&1
:`,
  postun: `
if [ "$1" -eq 0 ]; then
  rm -rf ${prefix}/.meta ${prefix}/log_obshell
  echo "find ${prefix}/ -mindepth 1 -maxdepth 1 ! -name lib -exec rm -rf {} +" >${prefix}/oceanbase_clean.sh
  echo "To clean OceanBase: bash ${prefix}/oceanbase_clean.sh"
fi`,
})
