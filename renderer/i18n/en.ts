import access from '../../assets/locales/en/access.json' with { type: 'json' };
import account from '../../assets/locales/en/account.json' with { type: 'json' };
import activity from '../../assets/locales/en/activity.json' with { type: 'json' };
import backups from '../../assets/locales/en/backups.json' with { type: 'json' };
import consoles from '../../assets/locales/en/consoles.json' with { type: 'json' };
import design from '../../assets/locales/en/design.json' with { type: 'json' };
import domains from '../../assets/locales/en/domains.json' with { type: 'json' };
import flavors from '../../assets/locales/en/flavors.json' with { type: 'json' };
import groups from '../../assets/locales/en/groups.json' with { type: 'json' };
import hosts from '../../assets/locales/en/hosts.json' with { type: 'json' };
import images from '../../assets/locales/en/images.json' with { type: 'json' };
import keys from '../../assets/locales/en/keys.json' with { type: 'json' };
import launch from '../../assets/locales/en/launch.json' with { type: 'json' };
import machines from '../../assets/locales/en/machines.json' with { type: 'json' };
import networks from '../../assets/locales/en/networks.json' with { type: 'json' };
import people from '../../assets/locales/en/people.json' with { type: 'json' };
import projects from '../../assets/locales/en/projects.json' with { type: 'json' };
import quotas from '../../assets/locales/en/quotas.json' with { type: 'json' };
import roles from '../../assets/locales/en/roles.json' with { type: 'json' };
import session from '../../assets/locales/en/session.json' with { type: 'json' };
import shell from '../../assets/locales/en/shell.json' with { type: 'json' };
import tasks from '../../assets/locales/en/tasks.json' with { type: 'json' };
import welcome from '../../assets/locales/en/welcome.json' with { type: 'json' };

/** Every text of the dashboard in en, one area a file. */
export default {
  shell,
  design,
  tasks,
  session,
  machines,
  launch,
  consoles,
  images,
  flavors,
  quotas,
  keys,
  networks,
  hosts,
  activity,
  backups,
  welcome,
  people,
  groups,
  projects,
  domains,
  roles,
  access,
  account,
};
