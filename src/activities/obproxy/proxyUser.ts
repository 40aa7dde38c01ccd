/** Who runs a proxy: OCP's OS user. */
export const proxyUser = 'admin'
