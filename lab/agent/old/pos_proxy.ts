import { listenAs } from './listen.ts'

/** Runs OCP's remote commands; the port is the manual's (common-ocp-10000000001187547). */
listenAs('pos_proxy', 62888)
