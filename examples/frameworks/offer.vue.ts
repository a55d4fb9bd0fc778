import { identify } from '@passlens/sdk';
import { prompt } from '@passlens/sdk/flows';
import { defineComponent, h, onMounted, watchEffect, type PropType } from 'vue';

/** Vue 3: an offer of a passkey, shown once with its component; `create` runs the ceremony. */
export const Offer = defineComponent({
	props: {
		userId: { type: null as unknown as PropType<string | null>, default: null },
		create: { type: Function as PropType<() => Promise<void>>, required: true }
	},
	setup(props) {
		let promptId = '';
		watchEffect(() => void identify(props.userId));
		onMounted(() => {
			promptId = prompt.shown({ purpose: 'enroll', placement: 'vue' });
		});
		const accept = () => {
			prompt.accepted(promptId);
			return props.create();
		};
		return () => [
			h('button', { onClick: accept }, 'Create a passkey'),
			h('button', { onClick: () => prompt.dismissed(promptId) }, 'Not now')
		];
	}
});
