/**
 * From where root@proxysys gets in while skip_proxy_sys_private_check is off: 127.0.0.1, ::1,
 * 192.168.0.0/16 and fc00::/7. 10.0.0.0/8 is not among them. Source: obproxy
 * iocore/net/ob_inet.h:495 (ops_is_ip_loopback) and 530 (ops_is_ip_private).
 */
export const isPrivate = (address: string): boolean =>
  /^(::ffff:)?(127\.0\.0\.1$|192\.168\.)|^::1$|^f[cd]/i.test(address)
