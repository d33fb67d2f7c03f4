// Reads a feed with `ical.js`. Prints its events as JSON, instants in UTC. usage: feed_icaljs.cjs URL
const ICAL = require('ical.js').default ?? require('ical.js');

const utc = (time) => new Date(time.toUnixTime() * 1000).toISOString().replace('.000Z', 'Z');

function events(text) {
	const calendar = new ICAL.Component(ICAL.parse(text));
	// The file's own zones, and nothing else's.
	for (const zone of calendar.getAllSubcomponents('vtimezone')) ICAL.TimezoneService.register(zone);
	return calendar.getAllSubcomponents('vevent').map((component) => {
		const event = new ICAL.Event(component);
		const status = component.getFirstPropertyValue('status');
		return { uid: event.uid, start: utc(event.startDate), end: utc(event.endDate), status };
	});
}

fetch(process.argv[2])
	.then((answer) => answer.text())
	.then((text) => console.log(JSON.stringify({ events: events(text) })));
