import { FAILURE_CAUSES } from '../../sdk/common/failure-causes.ts';
import {
	readSignatureNames,
	readSignatureRevision,
	signatureKey
} from '../../settings/signature-names.ts';
import type { Settings } from '../../settings/open-settings.ts';
import {
	classifyFailure,
	CLASSIFIER_VERSION,
	CONFIDENCES,
	type NamedSignature
} from '../domain/classify-failure.ts';
import type { Log } from '../log.ts';
import { keepReading } from './keep-reading.ts';
import type { Knowledge } from './knowledge.ts';

/** The classifier with the operator's names for errors before its own rules. */
export type Classifier = Pick<Knowledge, 'classify' | 'classifierVersion'>;

/** The names in force at this moment. */
export async function readClassifier(settings: Settings): Promise<Classifier> {
	const { revision, names } = await readSignatureNames(settings);
	const known = new Map<string, NamedSignature>();
	for (const name of names) {
		const cause = FAILURE_CAUSES.find((item) => item === name.cause);
		const confidence = CONFIDENCES.find((item) => item === name.confidence);
		// A newer version may have words that this one does not know.
		if (cause && confidence) known.set(signatureKey(name), { cause, confidence, note: name.note });
	}
	return {
		classify: (failure) =>
			classifyFailure(failure, ({ name, signature = '', code = '' }) =>
				known.get(signatureKey({ error_name: name, error_signature: signature, error_code: code }))
			),
		classifierVersion: () => CLASSIFIER_VERSION + revision
	};
}

/** The same, read again and again, so that a name counts in every running collector. */
export async function keepClassifier({
	settings,
	log
}: {
	settings: Settings;
	log: Log;
}): Promise<Classifier & { close(): void }> {
	let classifier = await readClassifier(settings);
	const { close } = keepReading({
		what: 'The names of errors',
		log,
		async read() {
			const version = CLASSIFIER_VERSION + (await readSignatureRevision(settings));
			if (version === classifier.classifierVersion()) return;
			classifier = await readClassifier(settings);
			log('info', 'The names of errors were changed.', { version });
		}
	});
	return {
		classify: (failure) => classifier.classify(failure),
		classifierVersion: () => classifier.classifierVersion(),
		close
	};
}
