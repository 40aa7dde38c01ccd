/**
 * A host's sshd_config. The defaults that matter to a client are left as OpenSSH ships them:
 * MaxSessions 10, MaxStartups 10:30:100. `environment` is given to every session.
 */
export function sshdConfig(environment: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(environment).map(([name, value]) => `"${name}=${value}"`)
  return `${[
    'Port 22',
    'ListenAddress 0.0.0.0',
    'HostKey /etc/ssh/ssh_host_ed25519_key',
    'PermitRootLogin yes',
    'PubkeyAuthentication yes',
    'PasswordAuthentication yes',
    'KbdInteractiveAuthentication no',
    // Without PAM a session has the limits of sshd itself, which process 1 of the host has raised.
    'UsePAM no',
    'UseDNS no',
    'PrintMotd no',
    'Subsystem sftp internal-sftp',
    ...(pairs.length > 0 ? [`SetEnv ${pairs.join(' ')}`] : []),
  ].join('\n')}\n`
}
