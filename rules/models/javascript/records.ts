/**
 * Object mappers, query builders and document stores for JavaScript: what a query finds is what the database holds, not the key
 * it was asked with. A row that a class of the program is named for is an instance of it.
 */
import type { Model } from "../../../server/rule/rule.ts";

const DRIZZLE =
  "drizzle-orm/{node-postgres,postgres-js,neon-http,neon-serverless,vercel-postgres,pglite,pg-proxy,aws-data-api,xata-http,mysql2,mysql-proxy,planetscale-serverless,tidb-serverless,singlestore,better-sqlite3,libsql,d1,bun-sql,bun-sqlite,sql-js,expo-sqlite,op-sqlite,sqlite-proxy,durable-sqlite}";
const DRIZZLE_MORE =
  "{from,where,orderBy,limit,offset,leftJoin,rightJoin,innerJoin,fullJoin,groupBy,having,for,as,prepare,execute,all,get,values,$dynamic,$withCache}";
const KNEX_MORE =
  "{where,andWhere,orWhere,whereNot,orWhereNot,whereIn,orWhereIn,whereNotIn,whereNull,whereNotNull,whereBetween,whereNotBetween,whereExists,whereLike,whereILike,select,columns,column,distinct,from,table,into,join,innerJoin,leftJoin,rightJoin,groupBy,having,orderBy,limit,offset,union,unionAll,with,as,clone,transacting,forUpdate,forShare,withSchema,timeout}";
const MONGOOSE_FIND =
  "{find,findOne,findById,findOneAndUpdate,findOneAndReplace,findOneAndDelete,findByIdAndUpdate,findByIdAndDelete,findAndCount,distinct,exists,countDocuments,estimatedDocumentCount,deleteOne,deleteMany,aggregate,where}";
const MONGOOSE_MORE =
  "{where,equals,and,or,nor,in,nin,gt,gte,lt,lte,ne,exists,select,sort,limit,skip,populate,lean,session,orFail,clone,cursor,exec,hint,comment,slice,setOptions,projection,batchSize,read,transform,collation,maxTimeMS}";
const MONGO_FIND =
  "{find,findOne,findOneAndUpdate,findOneAndReplace,findOneAndDelete,aggregate,distinct,countDocuments,estimatedDocumentCount,deleteOne,deleteMany}";
const TYPEORM_ONE = "{findOne,findOneBy,findOneOrFail,findOneByOrFail,findOneById}";
const TYPEORM_MANY = "{find,findBy,findByIds}";
const TYPEORM_COUNT =
  "{findAndCount,findAndCountBy,count,countBy,exists,existsBy,exist,sum,average,minimum,maximum,delete,softDelete,restore}";
const TYPEORM_MORE =
  "{select,addSelect,from,addFrom,where,andWhere,orWhere,whereInIds,andWhereInIds,orWhereInIds,leftJoin,innerJoin,leftJoinAndSelect,innerJoinAndSelect,leftJoinAndMapOne,leftJoinAndMapMany,innerJoinAndMapOne,innerJoinAndMapMany,groupBy,addGroupBy,having,andHaving,orHaving,orderBy,addOrderBy,limit,offset,take,skip,distinct,distinctOn,cache,setLock,setParameter,setParameters,withDeleted,setFindOptions,clone}";

const records: Model = {
  language: "javascript",
  usual: ["findUnique", "findFirst", "findByPk", "findByIdAndUpdate", "findByIdAndDelete"],
  types: {
    "@prisma/client.Delegate()": ["@prisma/client.PrismaClient().*"],
    "@prisma/client.PrismaClient()": [
      "@prisma/client.PrismaClient().$extends()",
      "@prisma/client.PrismaClient().$transaction.arg(0).param(0)",
    ],
    "mongoose.Model()": [
      "mongoose.{model,connection.model,createConnection().model,Mongoose().model}()",
      "mongoose.models.*",
      "mongoose.models[*]",
    ],
    "mongoose.Query()": [
      `mongoose.Model().${MONGOOSE_FIND}()`,
      `mongoose.Query().${MONGOOSE_MORE}()`,
    ],
    "mongodb.Db()": ["mongodb.MongoClient().db()", "mongodb.MongoClient.connect().db()"],
    "mongodb.Collection()": ["mongodb.Db().collection()", "mongoose.connection.collection()"],
    "knex.QueryBuilder()": [
      "knex.Knex()()",
      `knex.Knex().${KNEX_MORE}()`,
      `knex.QueryBuilder().${KNEX_MORE}()`,
    ],
    "knex.Knex()": ["knex.Knex().transaction()", "knex.Knex().transaction.arg(0).param(0)"],
    // What is found by a class that extends it stands under the class, not an instance.
    "sequelize.Model": [
      "sequelize.Sequelize().{define,model}()",
      "sequelize.Sequelize().models.*",
      "sequelize.Model.{scope,unscoped,schema}()",
      "sequelize-typescript.Model",
    ],
    "typeorm.Repository()": [
      "typeorm.{getRepository,getTreeRepository,getMongoRepository}()",
      "typeorm.{TreeRepository,MongoRepository}()",
      "typeorm.DataSource().{getRepository,getTreeRepository,getMongoRepository,withRepository}()",
      "typeorm.BaseEntity.getRepository()",
      "typeorm.Repository().extend()",
    ],
    "typeorm.DataSource()": [
      "typeorm.EntityManager()",
      "typeorm.DataSource().transaction.arg(*).param(0)",
      "typeorm.Repository().manager",
    ],
    "typeorm.QueryBuilder()": [
      "{typeorm.Repository(),typeorm.DataSource(),typeorm.BaseEntity}.createQueryBuilder()",
      `typeorm.QueryBuilder().${TYPEORM_MORE}()`,
    ],
    "drizzle-orm.Database()": [
      `${DRIZZLE}.drizzle()`,
      "drizzle-orm.Database().transaction.arg(0).param(0)",
    ],
    "drizzle-orm.Relations()": ["drizzle-orm.Database().query.*"],
    "drizzle-orm.Select()": [
      "drizzle-orm.Database().{select,selectDistinct,selectDistinctOn}()",
      `drizzle-orm.Select().${DRIZZLE_MORE}()`,
    ],
  },
  passes: [
    {
      path: "@prisma/client.Delegate().{findUnique,findUniqueOrThrow,findFirst,findFirstOrThrow,findMany,count,aggregate,groupBy,delete,deleteMany}()",
      from: [],
    },
    { path: `mongoose.Model().${MONGOOSE_FIND}()`, from: [] },
    { path: `mongoose.Query().${MONGOOSE_MORE}()`, from: [] },
    { path: `mongodb.Collection().${MONGO_FIND}()`, from: [] },
    { path: "knex.Knex()()", from: [] },
    { path: `knex.Knex().${KNEX_MORE}()`, from: [] },
    // What is inserted comes back by `returning`.
    { path: `knex.QueryBuilder().${KNEX_MORE}()`, from: ["recv"] },
    {
      path: "knex.QueryBuilder().{first,pluck,count,min,max,sum,avg,del,delete,truncate}()",
      from: [],
    },
    { path: "sequelize.Model.{findByPk,findOne}()", from: ["recv"], gives: "instance" },
    { path: "sequelize.Model.findAll()", from: ["recv"], gives: "instances" },
    {
      path: "sequelize.Model.{findAndCountAll,count,min,max,sum,aggregate,destroy}()",
      from: [],
    },
    {
      path: `typeorm.Repository().{${TYPEORM_ONE.slice(1, -1)},${TYPEORM_MANY.slice(1, -1)},${TYPEORM_COUNT.slice(1, -1)}}()`,
      from: [],
    },
    { path: `typeorm.DataSource().${TYPEORM_ONE}()`, from: [0], gives: "instance" },
    { path: `typeorm.DataSource().${TYPEORM_MANY}()`, from: [0], gives: "instances" },
    { path: `typeorm.DataSource().${TYPEORM_COUNT}()`, from: [] },
    { path: `typeorm.BaseEntity.${TYPEORM_ONE}()`, from: ["recv"], gives: "instance" },
    { path: `typeorm.BaseEntity.${TYPEORM_MANY}()`, from: ["recv"], gives: "instances" },
    { path: `typeorm.BaseEntity.${TYPEORM_COUNT}()`, from: [] },
    { path: `typeorm.QueryBuilder().${TYPEORM_MORE}()`, from: [] },
    {
      path: "typeorm.QueryBuilder().{getOne,getOneOrFail,getMany,getManyAndCount,getRawOne,getRawMany,getRawAndEntities,getCount,getExists,stream,execute}()",
      from: [],
    },
    { path: "drizzle-orm.Relations().{findFirst,findMany}()", from: [] },
    { path: "drizzle-orm.Database().$count()", from: [], scalar: true },
    { path: `drizzle-orm.Select().${DRIZZLE_MORE}()`, from: [] },
    // Nothing else has methods of these names: a client that is made elsewhere, or generated.
    {
      path: "*.{findUnique,findUniqueOrThrow,findFirst,findFirstOrThrow,findByPk,findOneOrFail,findOneByOrFail,findByIdAndUpdate,findByIdAndDelete}()",
      from: [],
    },
  ],
};

export default records;
