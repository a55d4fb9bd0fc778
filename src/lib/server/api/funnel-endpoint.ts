import { z } from 'zod';
import { CROSS_DEVICE_STEPS, queryCrossDevice } from '../queries/cross-device.ts';
import { readEnrolmentFunnel } from '../queries/enrolment-funnel.ts';
import { toFunnelParameters } from '../queries/funnel-parameters.ts';
import { readCollected } from '../queries/kpi-collected.ts';
import { querySigninFunnel, SIGNIN_STEPS, toSigninParameters } from '../queries/signin-funnel.ts';
import { upgradeFunnel } from '../queries/upgrade-funnel.ts';
import { defineEndpoint, type Asked } from './endpoint.ts';
import { answeredFilters, filtersSchema } from './schemas.ts';

const FUNNELS = ['enrolment', 'sign-in', 'cross-device', 'upgrade'] as const;
const COUNTED = {
	enrolment: 'users',
	'sign-in': 'sign-ins',
	'cross-device': 'ceremonies',
	upgrade: 'users'
} as const;
const WINDOWS = ['0', '1', '7', '30', '1m', '5m', '60m'] as const;

const stepSchema = z.object({
	step: z.string(),
	count: z.number().nullable().describe('null: not collected, and passed over'),
	median_ms: z.number().nullable().describe('From the step before; null for the first'),
	p90_ms: z.number().nullable(),
	ecosystem: z.string().optional().describe('Of an upgrade: of the legacy credential'),
	legacy_class: z.string().optional()
});

type Step = z.output<typeof stepSchema>;
type Input = Pick<Asked<{ window: string }, object>, 'client' | 'filters' | 'query'>;

const READERS: Record<(typeof FUNNELS)[number], (input: Input) => Promise<Step[]>> = {
	async enrolment({ client, filters, query }) {
		const collected = await readCollected(client, filters.project);
		const asked = toFunnelParameters(filters, new URLSearchParams(query));
		const { steps } = await readEnrolmentFunnel(client, asked, collected);
		return steps.map(({ step, users, median_ms, p90_ms }) => ({
			...{ step, count: users, median_ms, p90_ms }
		}));
	},
	async 'sign-in'({ client, filters, query }) {
		const asked = toSigninParameters(filters, new URLSearchParams(query));
		const [row] = await querySigninFunnel(client, asked);
		return SIGNIN_STEPS.map((step, index) => ({
			...{ step, count: row![step] },
			...{ median_ms: row!.median_ms[index]!, p90_ms: row!.p90_ms[index]! }
		}));
	},
	async 'cross-device'({ client, filters, query }) {
		const asked = toFunnelParameters(filters, new URLSearchParams(query));
		const [whole] = await queryCrossDevice(client, asked);
		return CROSS_DEVICE_STEPS.map((step, index) => ({
			...{ step, count: whole![step] },
			...{ median_ms: whole!.median_ms[index]!, p90_ms: whole!.p90_ms[index]! }
		}));
	},
	async upgrade({ client, filters, query }) {
		const asked = toFunnelParameters(filters, new URLSearchParams(query));
		const { steps } = await upgradeFunnel(client, asked);
		return steps.map(({ step, users, median_ms, p90_ms, ecosystem, legacy_class }) => ({
			...{ step, count: users, median_ms, p90_ms, ecosystem, legacy_class }
		}));
	}
};

export const FUNNEL_ENDPOINT = defineEndpoint({
	id: 'get_funnel',
	path: '/funnels/{funnel}',
	tag: 'Figures',
	summary: 'A funnel, step by step',
	description:
		'Enrolment, sign-in, cross-device or upgrade: how many got to each step in order, and the time from the step before. An upgrade is told by ecosystem and legacy class.',
	action: 'view',
	filters: 'all',
	query: z.object({
		window: z
			.enum(WINDOWS)
			.default('0')
			.describe(
				'How long all steps may take: days for enrolment, cross-device and upgrade (1, 7, 30), minutes for sign-in (1m, 5m, 60m); 0: as long as it takes'
			)
	}),
	params: z.object({ funnel: z.enum(FUNNELS) }),
	answer: z.object({
		filters: filtersSchema,
		funnel: z.enum(FUNNELS),
		counted: z.enum(['users', 'sign-ins', 'ceremonies']),
		steps: z.array(stepSchema)
	}),
	ask: async ({ params: { funnel }, ...asked }) => ({
		...{ filters: answeredFilters(asked.filters), funnel, counted: COUNTED[funnel] },
		steps: await READERS[funnel](asked)
	})
});
